// kubelab: one data centre's control plane in one process: etcd, the real kube-apiserver and the few
// controllers that the demo needs. Compiling the whole kube-controller-manager would cost 500 packages more.
//
//	kubelab --etcd-dir D --etcd-address IP:PORT --kubeconfig F --service-account-key F --ca F -- <kube-apiserver flags>
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"

	"manuela.example/lab/controlplane/internal/memory"
)

// grace is how long open requests may end after the first signal. The API server itself would wait a minute for
// its watches, and a supervisor kills long before that: better to close etcd in order.
const grace = 1500 * time.Millisecond

type settings struct {
	etcdDir, etcdAddress, kubeconfig, serviceAccountKey, ca string
}

func main() {
	var s settings
	flag.StringVar(&s.etcdDir, "etcd-dir", "etcd", "directory of etcd's data")
	flag.StringVar(&s.etcdAddress, "etcd-address", "127.0.0.1:2379", "where etcd listens; its peer port is the next one")
	flag.StringVar(&s.kubeconfig, "kubeconfig", "", "kubeconfig of the controllers")
	flag.StringVar(&s.serviceAccountKey, "service-account-key", "", "private key that signs service account tokens")
	flag.StringVar(&s.ca, "ca", "", "certificate authority that token secrets carry")
	flag.Parse()
	memory.FastStart()

	store, err := startEtcd(s.etcdDir, s.etcdAddress)
	if err != nil {
		fail("etcd", err)
	}
	go stopOnSignal(store)
	go func() {
		if err := runControllers(context.Background(), s); err != nil {
			fail("controllers", err)
		}
	}()
	command := apiserver.NewAPIServerCommand()
	command.SetArgs(append([]string{"--etcd-servers=http://" + s.etcdAddress}, flag.Args()...))
	code := cli.Run(command)
	store.Close()
	os.Exit(code)
}

func stopOnSignal(store *embed.Etcd) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	<-signals
	time.Sleep(grace)
	store.Close()
	os.Exit(0)
}

func fail(what string, err error) {
	fmt.Fprintf(os.Stderr, "kubelab: %s: %v\n", what, err)
	os.Exit(1)
}
