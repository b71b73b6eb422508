#include "agent/api/kinds/resource_quota/amounts.h"

#include <fmt/format.h>

#include <limits>

namespace ordinal::api {

Amount Amount::Of(int64_t count) { return {*Quantity::Parse(std::to_string(count)), false}; }

Amount Amount::Read(const Json& written) {
  if (!written.is_string() && !written.is_number()) return {};
  const std::string text = written.is_string() ? written.get<std::string>() : written.dump();
  const auto quantity = Quantity::Parse(text);
  return quantity.ok() ? Amount{*quantity, text.ends_with('i')} : Amount{};
}

std::string Amount::Text() const {
  constexpr int64_t kKibi = 1024;
  const int64_t units = quantity.Value();
  std::string text;
  if (binary && units % kKibi == 0) {
    text = fmt::format("{}Ki", units / kKibi);
  } else if (units > std::numeric_limits<int64_t>::max() / 1000) {
    text = std::to_string(units);
  } else {
    text = fmt::format("{}m", quantity.MilliValue());
  }
  const auto canonical = Quantity::Canonical(text);
  return canonical.ok() ? *canonical : text;
}

void AddTo(Amounts& total, const Amounts& more) {
  for (const auto& [resource, amount] : more) {
    Amount& sum = total[resource];
    if (sum.quantity.IsZero()) sum.binary = amount.binary;
    sum.quantity = sum.quantity + amount.quantity;
  }
}

Amounts Larger(const Amounts& a, const Amounts& b) {
  Amounts larger = a;
  for (const auto& [resource, amount] : b) {
    Amount& held = larger[resource];
    if (held.quantity < amount.quantity) held = amount;
  }
  return larger;
}

Amounts Growth(const Amounts& now, const Amounts& before) {
  Amounts growth;
  for (const auto& [resource, amount] : now) {
    const auto held = before.find(resource);
    const Quantity had = held == before.end() ? Quantity() : held->second.quantity;
    if (amount.quantity > had) growth[resource] = {amount.quantity - had, amount.binary};
  }
  return growth;
}

std::string TextOf(const Amounts& amounts) {
  std::string text;
  for (const auto& [resource, amount] : amounts) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", resource, amount.Text());
  }
  return text;
}

}  // namespace ordinal::api
