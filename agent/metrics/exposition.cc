#include "agent/metrics/exposition.h"

#include <prometheus/text_serializer.h>

#include <limits>

namespace ordinal::metrics {

void Exposition::Begin(std::string_view name, std::string_view help, prometheus::MetricType type) {
  Write();
  prometheus::MetricFamily& family = family_.emplace_back();
  family.name = name;
  family.help = help;
  family.type = type;
}

void Exposition::Write() {
  if (!family_.empty() && !family_.front().metric.empty()) {
    prometheus::TextSerializer().Serialize(text_, family_);
  }
  family_.clear();
}

prometheus::ClientMetric& Exposition::Next(const Labels& labels) {
  prometheus::ClientMetric& metric = family_.front().metric.emplace_back();
  metric.label.reserve(labels.size());
  for (const auto& [name, value] : labels) {
    prometheus::ClientMetric::Label& label = metric.label.emplace_back();
    label.name = name;
    label.value = value;
  }
  return metric;
}

void Exposition::Add(double value, const Labels& labels, std::optional<WallTime> at) {
  prometheus::ClientMetric& metric = Next(labels);
  (family_.front().type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  if (at) {
    metric.timestamp_ms = std::chrono::duration_cast<std::chrono::milliseconds>(at->time_since_epoch()).count();
  }
}

void Exposition::Add(const Histogram& histogram, const Labels& labels) {
  prometheus::ClientMetric::Histogram& out = Next(labels).histogram;
  out.sample_count = histogram.count();
  out.sample_sum = histogram.sum();
  uint64_t so_far = 0;
  for (size_t at = 0; at < histogram.counts().size(); ++at) {
    so_far += histogram.counts()[at];
    const bool last = at == histogram.bounds().size();
    out.bucket.push_back({so_far, last ? std::numeric_limits<double>::infinity() : histogram.bounds()[at]});
  }
}

std::string Exposition::Text() && {
  Write();
  return std::move(text_).str();
}

}  // namespace ordinal::metrics
