// Random: the injected source of randomness. main.cc builds SystemRandom; tests a seeded one.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace ordinal {

class Random {
 public:
  virtual ~Random() = default;
  virtual uint64_t Next() = 0;
};

class SystemRandom final : public Random {
 public:
  uint64_t Next() override;

 private:
  std::random_device device_;
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : engine_(seed) {}
  uint64_t Next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

/// A random (version 4) UUID, "cec43446-c331-4860-9160-e4b15c800db0".
std::string NewUid(Random& random);
/// `length` characters of bcdfghjklmnpqrstvwxz2456789, the alphabet of generated Kubernetes names.
std::string NameSuffix(Random& random, size_t length);

}  // namespace ordinal
