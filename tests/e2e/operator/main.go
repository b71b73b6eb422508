// A small operator, as people write them on the Go client library of Kubernetes: the end-to-end tests run it in a pod.
//
// It makes a headless Service, a ConfigMap and a StatefulSet of each Ensemble (databases.example.com/v1) in its own
// namespace and puts them right when somebody changes or deletes them. Of several that run, the holder of a Lease works.
// All that is built into Kubernetes goes over the wire as protobuf; it ends when the other side answers otherwise.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/klog/v2"
)

const (
	protobuf = "application/vnd.kubernetes.protobuf"
	lease    = "ensemble-operator"
	// Short enough for a test that waits for a second one to take over.
	leaseDuration = 6 * time.Second
	renewDeadline = 4 * time.Second
	retryPeriod   = time.Second
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "default: the service account of the pod")
	namespace := flag.String("namespace", os.Getenv("POD_NAMESPACE"), "the only one it looks at")
	identity := flag.String("identity", os.Getenv("POD_NAME"), "its name among the candidates for the lease")
	listen := flag.String("listen", ":8080", "answers /healthz, /leader and /wire")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, *kubeconfig, *namespace, *identity, *listen); err != nil {
		klog.Fatal(err)
	}
}

func run(ctx context.Context, kubeconfig, namespace, identity, listen string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return fmt.Errorf("no way to the API: %w", err)
	}
	wire := newWire(func(what string) { klog.Fatalf("fell back from protobuf: %s", what) })
	config.Wrap(wire.wrap)
	unstructuredClient, err := dynamic.NewForConfig(config) // always JSON: custom kinds have no protobuf
	if err != nil {
		return err
	}
	config.ContentType = protobuf
	config.AcceptContentTypes = protobuf + ",application/json"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}

	var ready, leads atomic.Bool
	serve(listen, wire, &ready, &leads)
	controller := newController(client, unstructuredClient, namespace, identity)
	if err := controller.start(ctx); err != nil {
		return err
	}
	ready.Store(true)

	lock := &resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Namespace: namespace, Name: lease},
		Client:     client.CoordinationV1(),
		LockConfig: resourcelock.ResourceLockConfig{Identity: identity, EventRecorder: controller.recorder},
	}
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock: lock, Name: lease, ReleaseOnCancel: true,
		LeaseDuration: leaseDuration, RenewDeadline: renewDeadline, RetryPeriod: retryPeriod,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(ctx context.Context) {
				leads.Store(true)
				klog.Infof("%s leads", identity)
				controller.work(ctx)
			},
			OnStoppedLeading: func() { klog.Infof("%s leads no more", identity) },
			OnNewLeader:      func(other string) { klog.Infof("the leader is %s", other) },
		},
	})
	if ctx.Err() == nil {
		return fmt.Errorf("the lease %s was lost", lease)
	}
	return nil
}

// What the operator says of itself, in the background.
func serve(address string, wire *wire, ready, leads *atomic.Bool) {
	http.HandleFunc("/healthz", func(answer http.ResponseWriter, _ *http.Request) {
		if !ready.Load() {
			answer.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	http.HandleFunc("/leader", func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprint(answer, leads.Load()) })
	http.HandleFunc("/wire", func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprint(answer, wire.report()) })
	go func() { klog.Fatal(http.ListenAndServe(address, nil)) }()
}
