#include "agent/node/pressure/threshold.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "agent/api/quantity.h"

namespace ordinal::node {
namespace {

struct SignalWords {
  EvictionSignal signal;
  std::string_view name;
  Pressure pressure;
  std::string_view resource;
};

constexpr std::array<SignalWords, 6> kSignals{{
    {EvictionSignal::kMemoryAvailable, "memory.available", Pressure::kMemory, "memory"},
    {EvictionSignal::kNodefsAvailable, "nodefs.available", Pressure::kDisk, "ephemeral-storage"},
    {EvictionSignal::kNodefsInodesFree, "nodefs.inodesFree", Pressure::kDisk, "inodes"},
    {EvictionSignal::kImagefsAvailable, "imagefs.available", Pressure::kDisk, "ephemeral-storage"},
    {EvictionSignal::kImagefsInodesFree, "imagefs.inodesFree", Pressure::kDisk, "inodes"},
    {EvictionSignal::kPidAvailable, "pid.available", Pressure::kPid, "pids"},
}};

const SignalWords& WordsOf(EvictionSignal signal) {
  return *std::find_if(kSignals.begin(), kSignals.end(),
                       [&](const SignalWords& each) { return each.signal == signal; });
}

Error Fault(std::string_view flag, const std::string& what) {
  return MakeError(ErrorCode::kInvalid, fmt::format("--{}: {}", flag, what));
}

Result<EvictionSignal> SignalNamed(std::string_view flag, std::string_view name) {
  std::string known;
  for (const SignalWords& each : kSignals) {
    if (each.name == name) return each.signal;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", each.name);
  }
  return Fault(flag, fmt::format("\"{}\" is no signal; there are {}", name, known));
}

/// "a<1,b<2" → {a: 1, b: 2}. A name that comes twice is a fault.
Result<std::map<EvictionSignal, std::string>> ReadList(std::string_view flag, std::string_view text, char separator) {
  std::map<EvictionSignal, std::string> out;
  while (!text.empty()) {
    const size_t end = std::min(text.find(','), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t cut = item.find(separator);
    if (cut == std::string_view::npos || cut + 1 == item.size()) {
      return Fault(flag, fmt::format("\"{}\" is not of the form signal{}value", item, separator));
    }
    TRY(const EvictionSignal signal, SignalNamed(flag, item.substr(0, cut)));
    if (!out.emplace(signal, item.substr(cut + 1)).second) {
      return Fault(flag, fmt::format("{} is there twice", NameOf(signal)));
    }
  }
  return out;
}

Result<Amount> ReadAmount(std::string_view flag, EvictionSignal signal, const std::string& text) {
  if (text.ends_with('%')) {
    char* end = nullptr;
    const double percent = std::strtod(text.c_str(), &end);
    const bool whole = end == text.c_str() + text.size() - 1 && end != text.c_str();
    if (!whole || !(percent >= 0 && percent <= 100)) {
      return Fault(flag, fmt::format("{}: {} is no share from 0% to 100%", NameOf(signal), text));
    }
    return Amount{0, percent / 100};
  }
  const Result<api::Quantity> quantity = api::Quantity::Parse(text);
  if (!quantity.ok() || quantity->IsNegative()) {
    return Fault(flag,
                 fmt::format("{}: {} is no quantity from 0 on, as 100Mi, and no share, as 10%", NameOf(signal), text));
  }
  return Amount{quantity->Value(), std::nullopt};
}

/// 0% and 100% say that the signal does not count.
bool Counts(const Amount& least) { return !least.fraction || (*least.fraction > 0 && *least.fraction < 1); }

Result<std::vector<Threshold>> ReadThresholds(std::string_view flag, const std::string& text) {
  std::vector<Threshold> out;
  TRY(const auto list, ReadList(flag, text, '<'));
  for (const auto& [signal, value] : list) {
    TRY(const Amount least, ReadAmount(flag, signal, value));
    if (Counts(least)) out.push_back({signal, least});
  }
  return out;
}

Result<std::vector<Threshold>> ReadSoft(const EvictionFlags& flags) {
  TRY(std::vector<Threshold> soft, ReadThresholds("eviction-soft", flags.soft));
  TRY(const auto graces, ReadList("eviction-soft-grace-period", flags.soft_grace_period, '='));
  for (Threshold& each : soft) {
    const auto grace = graces.find(each.signal);
    if (grace == graces.end()) {
      return Fault("eviction-soft", fmt::format("{} needs a grace period: --eviction-soft-grace-period={}=1m30s",
                                                NameOf(each.signal), NameOf(each.signal)));
    }
    const Result<Duration> read = ParseGoDuration(grace->second);
    if (!read.ok()) return Fault("eviction-soft-grace-period", read.error().message);
    each.grace = *read;
    each.soft = true;
  }
  return soft;
}

}  // namespace

std::string_view NameOf(EvictionSignal signal) { return WordsOf(signal).name; }
Pressure PressureOf(EvictionSignal signal) { return WordsOf(signal).pressure; }
std::string_view ResourceOf(EvictionSignal signal) { return WordsOf(signal).resource; }

Result<Duration> ParseGoDuration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 7> kUnits{
      {{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
  constexpr double kMost = 100.0 * 365 * 24 * 3600 * 1e9;
  const Error fault = MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is no duration, as 1m30s", text));
  if (text == "0") return Duration::zero();
  if (text.empty()) return fault;
  double sum = 0;
  while (!text.empty()) {
    const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string number(text.substr(0, digits));
    text.remove_prefix(digits);
    const size_t letters = std::min(text.find_first_of("0123456789."), text.size());
    const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                   [&](const auto& each) { return each.first == text.substr(0, letters); });
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    if (number.empty() || end != number.c_str() + number.size() || unit == kUnits.end()) return fault;
    text.remove_prefix(letters);
    sum += value * unit->second;
  }
  if (sum > kMost) return fault;
  return Duration(static_cast<int64_t>(std::llround(sum)));
}

Result<EvictionPolicy> ParseEvictionPolicy(const EvictionFlags& flags) {
  EvictionPolicy policy;
  TRY(policy.thresholds, ReadThresholds("eviction-hard", flags.hard));
  TRY(std::vector<Threshold> soft, ReadSoft(flags));
  policy.thresholds.insert(policy.thresholds.end(), soft.begin(), soft.end());
  TRY(const auto reclaims, ReadList("eviction-minimum-reclaim", flags.minimum_reclaim, '='));
  for (const auto& [signal, value] : reclaims) {
    TRY(const Amount amount, ReadAmount("eviction-minimum-reclaim", signal, value));
    for (Threshold& each : policy.thresholds) {
      if (each.signal == signal) each.reclaim = amount;
    }
  }
  const Result<Duration> transition = ParseGoDuration(flags.transition_period);
  if (!transition.ok()) return Fault("eviction-pressure-transition-period", transition.error().message);
  policy.transition = *transition;
  policy.max_pod_grace = std::chrono::seconds(flags.max_pod_grace_period);
  return policy;
}

}  // namespace ordinal::node
