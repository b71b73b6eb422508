package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	appslisters "k8s.io/client-go/listers/apps/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
)

const workers = 2

type controller struct {
	client    kubernetes.Interface
	ensembles dynamic.ResourceInterface
	recorder  record.EventRecorder
	queue     workqueue.TypedRateLimitingInterface[string]

	factory informers.SharedInformerFactory
	custom  dynamicinformer.DynamicSharedInformerFactory

	seen       cache.GenericLister
	services   corelisters.ServiceLister
	configMaps corelisters.ConfigMapLister
	sets       appslisters.StatefulSetLister
}

func newController(client kubernetes.Interface, custom dynamic.Interface, namespace, identity string) *controller {
	broadcaster := record.NewBroadcaster()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events(namespace)})
	// A set that makes progress is seen at once; what fails is tried again after a tenth of a second, then less often.
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[string](100*time.Millisecond, 5*time.Second)
	it := &controller{
		client:    client,
		ensembles: custom.Resource(ensembles).Namespace(namespace),
		recorder:  broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: lease, Host: identity}),
		queue:     workqueue.NewTypedRateLimitingQueue(limiter),
		factory:   informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace)),
		custom:    dynamicinformer.NewFilteredDynamicSharedInformerFactory(custom, 0, namespace, nil),
	}
	it.seen = it.custom.ForResource(ensembles).Lister()
	it.services = it.factory.Core().V1().Services().Lister()
	it.configMaps = it.factory.Core().V1().ConfigMaps().Lister()
	it.sets = it.factory.Apps().V1().StatefulSets().Lister()
	return it
}

// start fills the caches and returns when they are full.
func (it *controller) start(ctx context.Context) error {
	if _, err := it.custom.ForResource(ensembles).Informer().AddEventHandler(handler(it.add)); err != nil {
		return err
	}
	for _, informer := range []cache.SharedIndexInformer{it.factory.Core().V1().Services().Informer(),
		it.factory.Core().V1().ConfigMaps().Informer(), it.factory.Apps().V1().StatefulSets().Informer()} {
		if _, err := informer.AddEventHandler(handler(it.addOwner)); err != nil {
			return err
		}
	}
	it.factory.Start(ctx.Done())
	it.custom.Start(ctx.Done())
	for kind, synced := range it.factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("the cache of %v was never full", kind)
		}
	}
	for kind, synced := range it.custom.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("the cache of %v was never full", kind)
		}
	}
	return nil
}

func handler(add func(metav1.Object)) cache.ResourceEventHandlerFuncs {
	of := func(object any) {
		if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = gone.Obj
		}
		if known, ok := object.(metav1.Object); ok {
			add(known)
		}
	}
	return cache.ResourceEventHandlerFuncs{AddFunc: of, DeleteFunc: of, UpdateFunc: func(_, object any) { of(object) }}
}

func (it *controller) add(object metav1.Object) {
	it.queue.Add(object.GetNamespace() + "/" + object.GetName())
}

func (it *controller) addOwner(object metav1.Object) {
	if owner := metav1.GetControllerOf(object); owner != nil && owner.Kind == ensembleKind.Kind {
		it.queue.Add(object.GetNamespace() + "/" + owner.Name)
	}
}

// work returns when the context ends and nobody works any more.
func (it *controller) work(ctx context.Context) {
	done := make(chan struct{})
	for range workers {
		go func() {
			for it.next(ctx) {
			}
			done <- struct{}{}
		}()
	}
	<-ctx.Done()
	it.queue.ShutDown()
	for range workers {
		<-done
	}
}

func (it *controller) next(ctx context.Context) bool {
	key, over := it.queue.Get()
	if over {
		return false
	}
	defer it.queue.Done(key)
	if err := it.reconcile(ctx, key); err != nil {
		klog.Errorf("%s: %v", key, err)
		it.queue.AddRateLimited(key)
		return true
	}
	it.queue.Forget(key)
	return true
}

// cached is the object as the informer has it, and a copy of it as ours.
func (it *controller) cached(key string) (*unstructured.Unstructured, *Ensemble, error) {
	namespace, name, err := cache.SplitMetaNamespaceKey(key)
	if err != nil {
		return nil, nil, err
	}
	found, err := it.seen.ByNamespace(namespace).Get(name)
	if err != nil {
		return nil, nil, err
	}
	object := found.(*unstructured.Unstructured).DeepCopy()
	ensemble, err := decode(object)
	return object, ensemble, err
}
