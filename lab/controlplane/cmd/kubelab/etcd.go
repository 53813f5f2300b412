package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

const etcdStartTimeout = 60 * time.Second

func startEtcd(dir, address string) (*embed.Etcd, error) {
	clients, peers, err := etcdURLs(address)
	if err != nil {
		return nil, err
	}
	cfg := embed.NewConfig()
	cfg.Dir = dir
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = []url.URL{clients}, []url.URL{clients}
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = []url.URL{peers}, []url.URL{peers}
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	cfg.LogLevel = "error"
	cfg.UnsafeNoFsync = true             // a lab need not survive a power cut; kill -9 loses nothing
	cfg.TickMs, cfg.ElectionMs = 20, 200 // alone in its cluster, it need not wait long to lead
	cfg.QuotaBackendBytes = 512 << 20
	cfg.SnapshotCount = 2000
	cfg.AutoCompactionMode, cfg.AutoCompactionRetention = "periodic", "5m"
	store, err := embed.StartEtcd(cfg)
	if err != nil {
		return nil, err
	}
	select {
	case <-store.Server.ReadyNotify():
		return store, nil
	case err := <-store.Err():
		return nil, err
	case <-time.After(etcdStartTimeout):
		return nil, errors.New("not ready after " + etcdStartTimeout.String())
	}
}

func etcdURLs(address string) (clients, peers url.URL, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return clients, peers, fmt.Errorf("address %q: %w", address, err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return clients, peers, fmt.Errorf("port of %q: %w", address, err)
	}
	clients = url.URL{Scheme: "http", Host: address}
	peers = url.URL{Scheme: "http", Host: net.JoinHostPort(host, strconv.Itoa(port+1))}
	return clients, peers, nil
}
