package main

import (
	"fmt"
	"hash/fnv"
	"sort"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var (
	ensembles    = schema.GroupVersionResource{Group: "databases.example.com", Version: "v1", Resource: "ensembles"}
	ensembleKind = ensembles.GroupVersion().WithKind("Ensemble")
)

const (
	finalizer = "databases.example.com/dissolve"
	nameLabel = "databases.example.com/ensemble"
	stateHash = "databases.example.com/config"
	port      = 8080
)

// Ensemble is definition.yaml in Go.
type Ensemble struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              EnsembleSpec   `json:"spec"`
	Status            EnsembleStatus `json:"status,omitempty"`
}

type EnsembleSpec struct {
	Image   string            `json:"image"`
	Members int32             `json:"members"`
	Config  map[string]string `json:"config,omitempty"`
}

type EnsembleStatus struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Replicas           int32              `json:"replicas"`
	ReadyReplicas      int32              `json:"readyReplicas"`
	Selector           string             `json:"selector,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}

func decode(object *unstructured.Unstructured) (*Ensemble, error) {
	ensemble := &Ensemble{}
	return ensemble, runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, ensemble)
}

func (ensemble *Ensemble) labels() map[string]string {
	return map[string]string{nameLabel: ensemble.Name}
}

func (ensemble *Ensemble) meta() metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: ensemble.Namespace, Name: ensemble.Name, Labels: ensemble.labels(),
		OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(ensemble, ensembleKind)},
	}
}

func (ensemble *Ensemble) service() *corev1.Service {
	return &corev1.Service{ObjectMeta: ensemble.meta(), Spec: corev1.ServiceSpec{
		ClusterIP: corev1.ClusterIPNone, Selector: ensemble.labels(), PublishNotReadyAddresses: true,
		Ports: []corev1.ServicePort{{Name: "members", Port: port, TargetPort: intstr.FromInt32(port)}},
	}}
}

func (ensemble *Ensemble) configMap() *corev1.ConfigMap {
	lines := make([]string, 0, len(ensemble.Spec.Config))
	for key, value := range ensemble.Spec.Config {
		lines = append(lines, fmt.Sprintf("%s = %s\n", key, value))
	}
	sort.Strings(lines)
	return &corev1.ConfigMap{ObjectMeta: ensemble.meta(), Data: map[string]string{
		"ensemble.conf": strings.Join(lines, ""),
	}}
}

func (ensemble *Ensemble) statefulSet(config *corev1.ConfigMap) *appsv1.StatefulSet {
	hash := fnv.New32a()
	hash.Write([]byte(config.Data["ensemble.conf"]))
	pod := metav1.ObjectMeta{Labels: ensemble.labels(),
		Annotations: map[string]string{stateHash: fmt.Sprintf("%08x", hash.Sum32())}}
	return &appsv1.StatefulSet{ObjectMeta: ensemble.meta(), Spec: appsv1.StatefulSetSpec{
		Replicas: &ensemble.Spec.Members, ServiceName: ensemble.Name, PodManagementPolicy: appsv1.ParallelPodManagement,
		Selector: &metav1.LabelSelector{MatchLabels: ensemble.labels()},
		Template: corev1.PodTemplateSpec{ObjectMeta: pod, Spec: ensemble.pod(config)},
		PersistentVolumeClaimRetentionPolicy: &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
			WhenDeleted: appsv1.DeletePersistentVolumeClaimRetentionPolicyType,
			WhenScaled:  appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
		},
		VolumeClaimTemplates: []corev1.PersistentVolumeClaim{{
			ObjectMeta: metav1.ObjectMeta{Name: "data"},
			Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
				Resources: corev1.VolumeResourceRequirements{
					Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Mi")}},
			},
		}},
	}}
}

func (ensemble *Ensemble) pod(config *corev1.ConfigMap) corev1.PodSpec {
	grace, probe := int64(2), intstr.FromInt32(port)
	return corev1.PodSpec{
		TerminationGracePeriodSeconds: &grace,
		Containers: []corev1.Container{{
			Name: "member", Image: ensemble.Spec.Image,
			Ports: []corev1.ContainerPort{{Name: "members", ContainerPort: port}},
			// Numbers that are left out count as different from the defaults they get (equality.Semantic.DeepDerivative).
			ReadinessProbe: &corev1.Probe{PeriodSeconds: 1, TimeoutSeconds: 1, SuccessThreshold: 1, FailureThreshold: 3,
				ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/", Port: probe}}},
			VolumeMounts: []corev1.VolumeMount{
				{Name: "data", MountPath: "/var/data"},
				{Name: "config", MountPath: "/etc/ensemble", ReadOnly: true},
			},
		}},
		Volumes: []corev1.Volume{{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: config.Name}}}}},
	}
}
