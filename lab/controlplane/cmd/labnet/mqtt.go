package main

import (
	"log/slog"
	"os"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
)

func startMQTT(addresses []string) error {
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	server := mqtt.New(&mqtt.Options{Logger: quiet, SysTopicResendInterval: 10})
	if err := server.AddHook(new(auth.AllowHook), nil); err != nil {
		return err
	}
	for _, address := range addresses {
		if err := server.AddListener(listeners.NewTCP(listeners.Config{ID: address, Address: address})); err != nil {
			return err
		}
	}
	return server.Serve()
}
