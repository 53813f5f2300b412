package main

import (
	"time"

	"github.com/alicebob/miniredis/v2"
)

// startRedis also drives the clock: miniredis was made for tests and forgets nothing by itself.
func startRedis(address string) error {
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(address); err != nil {
		return err
	}
	go func() {
		for range time.Tick(time.Second) {
			server.FastForward(time.Second)
		}
	}()
	return nil
}
