// Exposition: figures as the text format of Prometheus has them (version 0.0.4), written by prometheus-cpp.
//
// A family is written out when the next one begins, so that no more than one of them is held beside the text.
#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/histogram.h"

namespace ordinal::metrics {

inline constexpr char kExpositionType[] = "text/plain; version=0.0.4; charset=utf-8";

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

class Exposition {
 public:
  /// The next family. One that gets no sample is left out.
  void Counter(std::string_view name, std::string_view help) { Begin(name, help, prometheus::MetricType::Counter); }
  void Gauge(std::string_view name, std::string_view help) { Begin(name, help, prometheus::MetricType::Gauge); }
  void Histograms(std::string_view name, std::string_view help) {
    Begin(name, help, prometheus::MetricType::Histogram);
  }

  /// A sample of the family. `at`: when it was measured, where that is to be said.
  void Add(double value, const Labels& labels = {}, std::optional<WallTime> at = std::nullopt);
  void Add(const Histogram& histogram, const Labels& labels = {});

  std::string Text() &&;

 private:
  void Begin(std::string_view name, std::string_view help, prometheus::MetricType type);
  void Write();
  prometheus::ClientMetric& Next(const Labels& labels);

  std::ostringstream text_;
  std::vector<prometheus::MetricFamily> family_;  ///< one, or none yet
};

}  // namespace ordinal::metrics
