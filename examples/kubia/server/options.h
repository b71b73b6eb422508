// What the environment may change; the defaults are what a pod needs.
#pragma once

#include <cstdint>
#include <string>

namespace kubia {

struct Options {
  std::string bind_address = "0.0.0.0";          ///< BIND_ADDRESS
  uint16_t port = 8080;                          ///< PORT; peers are asked on the same one
  std::string data_dir = "/var/data";            ///< DATA_DIR
  std::string service = "kubia";                 ///< SERVICE_NAME, completed by the search list
  std::string resolv_conf = "/etc/resolv.conf";  ///< RESOLV_CONF
  uint16_t dns_port = 53;                        ///< DNS_PORT
};

/// Reads the environment; a value that is no port number ends the program with a message.
Options ReadOptions();

/// The pod's name: the hostname the kernel has.
std::string Hostname();

}  // namespace kubia
