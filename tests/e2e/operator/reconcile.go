package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

func (it *controller) reconcile(ctx context.Context, key string) error {
	object, ensemble, err := it.cached(key)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if ensemble.DeletionTimestamp != nil {
		return it.dissolve(ctx, object, ensemble)
	}
	if !slices.Contains(ensemble.Finalizers, finalizer) {
		// The answer comes back through the informer, and with it the next turn.
		return it.setFinalizers(ctx, object, append(object.GetFinalizers(), finalizer))
	}
	set, failure := it.ensure(ctx, object, ensemble)
	if failure != nil {
		it.recorder.Event(object, corev1.EventTypeWarning, "Failed", failure.Error())
	}
	if err := it.tell(ctx, object, ensemble, set, failure); err != nil {
		return err
	}
	return failure
}

// ensure makes what there has to be, and puts right what there is.
func (it *controller) ensure(ctx context.Context, object runtime.Object, ensemble *Ensemble) (*appsv1.StatefulSet, error) {
	if err := it.ensureService(ctx, object, ensemble.service()); err != nil {
		return nil, err
	}
	config := ensemble.configMap()
	if err := it.ensureConfigMap(ctx, object, config); err != nil {
		return nil, err
	}
	return it.ensureSet(ctx, object, ensemble.statefulSet(config))
}

func (it *controller) ensureService(ctx context.Context, object runtime.Object, wanted *corev1.Service) error {
	seen, err := it.services.Services(wanted.Namespace).Get(wanted.Name)
	if apierrors.IsNotFound(err) {
		_, err = it.client.CoreV1().Services(wanted.Namespace).Create(ctx, wanted, metav1.CreateOptions{})
		return it.did(object, "Created", "Service", err)
	}
	if err != nil || equality.Semantic.DeepDerivative(wanted.Spec, seen.Spec) {
		return err
	}
	right := seen.DeepCopy()
	right.Spec.Selector, right.Spec.Ports = wanted.Spec.Selector, wanted.Spec.Ports
	right.Spec.PublishNotReadyAddresses = wanted.Spec.PublishNotReadyAddresses
	_, err = it.client.CoreV1().Services(wanted.Namespace).Update(ctx, right, metav1.UpdateOptions{})
	return it.did(object, "Repaired", "Service", err)
}

func (it *controller) ensureConfigMap(ctx context.Context, object runtime.Object, wanted *corev1.ConfigMap) error {
	seen, err := it.configMaps.ConfigMaps(wanted.Namespace).Get(wanted.Name)
	if apierrors.IsNotFound(err) {
		_, err = it.client.CoreV1().ConfigMaps(wanted.Namespace).Create(ctx, wanted, metav1.CreateOptions{})
		return it.did(object, "Created", "ConfigMap", err)
	}
	if err != nil || equality.Semantic.DeepEqual(wanted.Data, seen.Data) {
		return err
	}
	right := seen.DeepCopy()
	right.Data = wanted.Data
	_, err = it.client.CoreV1().ConfigMaps(wanted.Namespace).Update(ctx, right, metav1.UpdateOptions{})
	return it.did(object, "Repaired", "ConfigMap", err)
}

func (it *controller) ensureSet(ctx context.Context, object runtime.Object, wanted *appsv1.StatefulSet) (*appsv1.StatefulSet, error) {
	sets := it.client.AppsV1().StatefulSets(wanted.Namespace)
	seen, err := it.sets.StatefulSets(wanted.Namespace).Get(wanted.Name)
	if apierrors.IsNotFound(err) {
		made, err := sets.Create(ctx, wanted, metav1.CreateOptions{})
		return made, it.did(object, "Created", "StatefulSet", err)
	}
	if err != nil || seen.DeletionTimestamp != nil || equality.Semantic.DeepDerivative(wanted.Spec, seen.Spec) {
		return seen, err
	}
	right := seen.DeepCopy()
	right.Spec.Replicas, right.Spec.Template = wanted.Spec.Replicas, wanted.Spec.Template
	right, err = sets.Update(ctx, right, metav1.UpdateOptions{})
	return right, it.did(object, "Repaired", "StatefulSet", err)
}

// did records what was done. That somebody else was there first is no failure: his object comes through the informer.
func (it *controller) did(object runtime.Object, reason, kind string, err error) error {
	if err == nil {
		it.recorder.Eventf(object, corev1.EventTypeNormal, reason, "%s %s", reason, kind)
		return nil
	}
	if apierrors.IsAlreadyExists(err) || apierrors.IsConflict(err) {
		return nil
	}
	return err
}

// dissolve ends the members before anything of the ensemble goes.
func (it *controller) dissolve(ctx context.Context, object *unstructured.Unstructured, ensemble *Ensemble) error {
	at := slices.Index(ensemble.Finalizers, finalizer)
	if at < 0 {
		return nil
	}
	set, err := it.sets.StatefulSets(ensemble.Namespace).Get(ensemble.Name)
	if err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	if err == nil && metav1.IsControlledBy(set, ensemble) {
		if *set.Spec.Replicas != 0 {
			none := int32(0)
			set = set.DeepCopy()
			set.Spec.Replicas = &none
			_, err = it.client.AppsV1().StatefulSets(set.Namespace).Update(ctx, set, metav1.UpdateOptions{})
			return it.did(object, "Emptied", "StatefulSet", err)
		}
		if set.Status.ObservedGeneration < set.Generation || set.Status.Replicas != 0 {
			return nil // its next change comes through the informer
		}
	}
	return it.setFinalizers(ctx, object, slices.Delete(object.GetFinalizers(), at, at+1))
}

func (it *controller) setFinalizers(ctx context.Context, object *unstructured.Unstructured, finalizers []string) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"resourceVersion": object.GetResourceVersion(), "finalizers": finalizers}})
	if err != nil {
		return err
	}
	_, err = it.ensembles.Patch(ctx, object.GetName(), types.MergePatchType, patch, metav1.PatchOptions{})
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return nil // seen too late; what is newer is on its way
	}
	return err
}

// tell writes the status where it changed.
func (it *controller) tell(ctx context.Context, object *unstructured.Unstructured, ensemble *Ensemble,
	set *appsv1.StatefulSet, failure error) error {
	before := ensemble.Status
	status := &ensemble.Status
	status.Conditions = slices.Clone(before.Conditions)
	status.ObservedGeneration = ensemble.Generation
	status.Selector = labels.SelectorFromSet(ensemble.labels()).String()
	ready := metav1.Condition{Type: "Ready", Status: metav1.ConditionFalse, ObservedGeneration: ensemble.Generation}
	if set != nil {
		status.Replicas, status.ReadyReplicas = set.Status.Replicas, set.Status.ReadyReplicas
	}
	switch {
	case failure != nil:
		ready.Reason, ready.Message = string(apierrors.ReasonForError(failure)), failure.Error()
		if ready.Reason == "" {
			ready.Reason = "Failed"
		}
	case set.Status.ObservedGeneration < set.Generation || set.Status.ReadyReplicas != ensemble.Spec.Members ||
		set.Status.Replicas != ensemble.Spec.Members:
		ready.Reason = "MembersStarting"
		ready.Message = fmt.Sprintf("%d of %d members are ready", status.ReadyReplicas, ensemble.Spec.Members)
	default:
		ready.Status, ready.Reason = metav1.ConditionTrue, "MembersReady"
	}
	meta.SetStatusCondition(&status.Conditions, ready)
	if equality.Semantic.DeepEqual(before, *status) {
		return nil
	}
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(status)
	if err != nil {
		return err
	}
	changed := object.DeepCopy()
	changed.Object["status"] = fields
	_, err = it.ensembles.UpdateStatus(ctx, changed, metav1.UpdateOptions{})
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return nil // seen too late; what is newer is on its way
	}
	return err
}
