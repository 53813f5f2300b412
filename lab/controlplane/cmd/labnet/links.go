package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

type link struct{ name, listen, upstream string }

// linkList is a flag that can be given more than once.
type linkList []link

func (l *linkList) String() string { return fmt.Sprint(*l) }

func (l *linkList) Set(text string) error {
	parts := strings.Split(text, "=")
	if len(parts) != 3 {
		return fmt.Errorf("%q is not NAME=LISTEN=UPSTREAM", text)
	}
	*l = append(*l, link{parts[0], parts[1], parts[2]})
	return nil
}

func startLinks(host, port string, links []link) error {
	logger := zerolog.New(os.Stderr).Level(zerolog.ErrorLevel).With().Timestamp().Logger()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), logger)
	for _, l := range links {
		if err := server.Collection.Add(toxiproxy.NewProxy(server, l.name, l.listen, l.upstream), true); err != nil {
			return fmt.Errorf("link %s on %s: %w", l.name, l.listen, err)
		}
	}
	go server.Listen(host, port) // ends the process when its port is taken
	return nil
}
