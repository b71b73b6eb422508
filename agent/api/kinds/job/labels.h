// The labels by which a job knows its pods (batch/v1 types.go).
#pragma once

namespace ordinal::api {

inline constexpr char kJobNameLabel[] = "batch.kubernetes.io/job-name";
inline constexpr char kJobUidLabel[] = "batch.kubernetes.io/controller-uid";
// The same, as they were called before 1.27.
inline constexpr char kOldJobNameLabel[] = "job-name";
inline constexpr char kOldJobUidLabel[] = "controller-uid";

/// A label and an annotation of the pods of an indexed job.
inline constexpr char kCompletionIndex[] = "batch.kubernetes.io/job-completion-index";
/// Annotations of pods with a limit per index: failures of the pods before them.
inline constexpr char kIndexFailures[] = "batch.kubernetes.io/job-index-failure-count";
inline constexpr char kIndexIgnoredFailures[] = "batch.kubernetes.io/job-index-ignored-failure-count";
/// Holds a pod until its end is in the job's status.
inline constexpr char kJobTracking[] = "batch.kubernetes.io/job-tracking";
/// managedBy of the jobs that are looked after here, when it says anything.
inline constexpr char kJobController[] = "kubernetes.io/job-controller";

}  // namespace ordinal::api
