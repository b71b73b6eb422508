// Recorded requests and answers of a real API server (tests/data/api).
#pragma once

#include <gtest/gtest.h>

#include <fstream>

#include "agent/api/decode.h"

namespace ordinal::api {

inline Json ReadGolden(const std::string& name) {
  std::ifstream file(std::string(ORDINAL_TEST_DATA) + "/api/" + name);
  EXPECT_TRUE(file.good()) << name;
  return Json::parse(file);
}

/// The decoded body, or an empty one with the faults told.
inline Decoded MustDecode(const Json& body) {
  auto decoded = Decode(body);
  if (auto* good = std::get_if<Decoded>(&decoded)) return std::move(*good);
  for (const auto& error : std::get<DecodeFailure>(decoded).errors) {
    ADD_FAILURE() << error.field << ": " << error.cause << ": " << error.message;
  }
  return {};
}

/// "field cause" of every fault, in order.
inline std::vector<std::string> Causes(const std::vector<FieldError>& errors) {
  std::vector<std::string> causes;
  for (const auto& error : errors) causes.push_back(error.field + " " + error.cause);
  return causes;
}

inline DecodeFailure MustFail(const Json& body) {
  auto decoded = Decode(body);
  if (auto* failure = std::get_if<DecodeFailure>(&decoded)) return std::move(*failure);
  ADD_FAILURE() << "decoded without a fault: " << body.dump();
  return {};
}

}  // namespace ordinal::api
