#include "examples/kubia/server/options.h"

#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace kubia {
namespace {

void ReadText(const char* name, std::string& value) {
  if (const char* text = std::getenv(name); text != nullptr && *text != '\0') value = text;
}

void ReadPort(const char* name, uint16_t& value) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return;
  const char* end = text + std::strlen(text);
  auto [rest, error] = std::from_chars(text, end, value);
  if (error == std::errc() && rest == end && value != 0) return;
  std::fprintf(stderr, "kubia: %s=%s is not a port number (1 to 65535)\n", name, text);
  std::exit(2);
}

}  // namespace

Options ReadOptions() {
  Options options;
  ReadText("BIND_ADDRESS", options.bind_address);
  ReadPort("PORT", options.port);
  ReadText("DATA_DIR", options.data_dir);
  ReadText("SERVICE_NAME", options.service);
  ReadText("RESOLV_CONF", options.resolv_conf);
  ReadPort("DNS_PORT", options.dns_port);
  return options;
}

std::string Hostname() {
  char name[256] = {};
  if (gethostname(name, sizeof(name) - 1) != 0) return "unknown";
  return name;
}

}  // namespace kubia
