package main

import (
	"context"
	"fmt"
	"os"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/kubernetes/pkg/controller/namespace"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/serviceaccount"
	"k8s.io/kubernetes/pkg/controller/ttlafterfinished"
	tokens "k8s.io/kubernetes/pkg/serviceaccount"
)

const (
	issuer       = "https://kubernetes.default.svc"
	resync       = 12 * time.Hour
	gcSyncPeriod = 5 * time.Second // how soon owners of a CRD's kind are known; upstream takes 30
	workers      = 2
)

// loop is a controller that has been built and waits for its informers to be started.
type loop func(ctx context.Context)

// builder holds what every controller is made of.
type builder struct {
	config   *rest.Config
	client   kubernetes.Interface
	metadata metadata.Interface
	shared   informers.SharedInformerFactory
	started  chan struct{}
}

func runControllers(ctx context.Context, s settings) error {
	b, err := newBuilder(s.kubeconfig)
	if err != nil {
		return err
	}
	waitUntilReady(ctx, b.client)
	metadataInformers := metadatainformer.NewSharedInformerFactory(b.metadata, resync)
	loops, err := b.build(ctx, s, metadataInformers)
	if err != nil {
		return err
	}
	b.shared.Start(ctx.Done())
	metadataInformers.Start(ctx.Done())
	close(b.started)
	for _, run := range loops {
		go run(ctx)
	}
	return nil
}

func newBuilder(kubeconfig string) (*builder, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 100, 200
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	meta, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	shared := informers.NewSharedInformerFactory(client, resync)
	return &builder{config, client, meta, shared, make(chan struct{})}, nil
}

func waitUntilReady(ctx context.Context, client kubernetes.Interface) {
	for {
		body, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		if err == nil && string(body) == "ok" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (b *builder) build(ctx context.Context, s settings, meta metadatainformer.SharedInformerFactory) ([]loop, error) {
	loops := []loop{b.namespaces(ctx), b.replicaSets(ctx), b.finishedJobs(ctx)}
	for _, make := range []func(context.Context) (loop, error){
		b.deployments,
		b.jobs,
		b.serviceAccounts,
		func(ctx context.Context) (loop, error) { return b.tokens(ctx, s) },
		func(ctx context.Context) (loop, error) { return b.garbage(ctx, meta) },
	} {
		run, err := make(ctx)
		if err != nil {
			return nil, err
		}
		loops = append(loops, run)
	}
	return loops, nil
}

func (b *builder) namespaces(ctx context.Context) loop {
	c := namespace.NewNamespaceController(ctx, b.client, b.metadata,
		b.client.Discovery().ServerPreferredNamespacedResources,
		b.shared.Core().V1().Namespaces(), 5*time.Minute, v1.FinalizerKubernetes)
	return func(ctx context.Context) { c.Run(ctx, workers) }
}

func (b *builder) replicaSets(ctx context.Context) loop {
	c := replicaset.NewReplicaSetController(ctx, b.shared.Apps().V1().ReplicaSets(),
		b.shared.Core().V1().Pods(), b.client, replicaset.BurstReplicas)
	return func(ctx context.Context) { c.Run(ctx, workers) }
}

func (b *builder) finishedJobs(ctx context.Context) loop {
	c := ttlafterfinished.New(ctx, b.shared.Batch().V1().Jobs(), b.client)
	return func(ctx context.Context) { c.Run(ctx, workers) }
}

func (b *builder) deployments(ctx context.Context) (loop, error) {
	apps := b.shared.Apps().V1()
	c, err := deployment.NewDeploymentController(ctx, apps.Deployments(), apps.ReplicaSets(),
		b.shared.Core().V1().Pods(), b.client)
	if err != nil {
		return nil, fmt.Errorf("deployments: %w", err)
	}
	return func(ctx context.Context) { c.Run(ctx, workers) }, nil
}

func (b *builder) jobs(ctx context.Context) (loop, error) {
	c, err := job.NewController(ctx, b.client, b.shared.Core().V1().Pods(), b.shared.Batch().V1().Jobs(), nil, nil)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return func(ctx context.Context) { c.Run(ctx, workers) }, nil
}

func (b *builder) serviceAccounts(ctx context.Context) (loop, error) {
	core := b.shared.Core().V1()
	c, err := serviceaccount.NewServiceAccountsController(klog.FromContext(ctx), core.ServiceAccounts(),
		core.Namespaces(), b.client, serviceaccount.DefaultServiceAccountsControllerOptions())
	if err != nil {
		return nil, fmt.Errorf("service accounts: %w", err)
	}
	return func(ctx context.Context) { c.Run(ctx, 1) }, nil
}

func (b *builder) tokens(ctx context.Context, s settings) (loop, error) {
	key, err := keyutil.PrivateKeyFromFile(s.serviceAccountKey)
	if err != nil {
		return nil, fmt.Errorf("service account key: %w", err)
	}
	generator, err := tokens.JWTTokenGenerator(issuer, key)
	if err != nil {
		return nil, fmt.Errorf("service account tokens: %w", err)
	}
	ca, err := os.ReadFile(s.ca)
	if err != nil {
		return nil, fmt.Errorf("service account tokens: %w", err)
	}
	core := b.shared.Core().V1()
	c, err := serviceaccount.NewTokensController(klog.FromContext(ctx), core.ServiceAccounts(), core.Secrets(),
		b.client, serviceaccount.TokensControllerOptions{TokenGenerator: generator, RootCA: ca})
	if err != nil {
		return nil, fmt.Errorf("service account tokens: %w", err)
	}
	return func(ctx context.Context) { c.Run(ctx, workers) }, nil
}

func (b *builder) garbage(ctx context.Context, meta metadatainformer.SharedInformerFactory) (loop, error) {
	discovery := b.client.Discovery()
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discovery))
	c, err := garbagecollector.NewGarbageCollector(ctx, b.client, b.metadata, mapper,
		garbagecollector.DefaultIgnoredResources(), informerfactory.NewInformerFactory(b.shared, meta), b.started)
	if err != nil {
		return nil, fmt.Errorf("garbage collector: %w", err)
	}
	return func(ctx context.Context) {
		go c.Sync(ctx, discovery, gcSyncPeriod)
		c.Run(ctx, workers, gcSyncPeriod)
	}, nil
}
