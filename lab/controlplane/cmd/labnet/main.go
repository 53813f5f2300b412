// labnet: the small servers that the data centres share, in one process: the redis that Argo CD caches in, the
// MQTT broker of the factory, and the cuttable link (toxiproxy) that plays the central route.
//
//	labnet --redis IP:PORT --mqtt IP:PORT,IP:PORT --toxiproxy IP:PORT --link NAME=LISTEN=UPSTREAM
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	redis := flag.String("redis", "", "where redis listens")
	brokers := flag.String("mqtt", "", "where the MQTT broker listens, separated by commas")
	api := flag.String("toxiproxy", "", "where toxiproxy's API listens")
	var links linkList
	flag.Var(&links, "link", "NAME=LISTEN=UPSTREAM, can be repeated")
	flag.Parse()

	must("redis", startRedis(*redis))
	must("mqtt", startMQTT(strings.Split(*brokers, ",")))
	host, port, err := net.SplitHostPort(*api)
	must("toxiproxy", err)
	must("toxiproxy", startLinks(host, port, links))

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	<-signals
}

func must(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "labnet: %s: %v\n", what, err)
		os.Exit(1)
	}
}
