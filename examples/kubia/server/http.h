// As much HTTP/1.1 as the example needs: one request a connection, bodies with a Content-Length.
#pragma once

#include <string>
#include <variant>

#include "examples/kubia/server/net.h"

namespace kubia {

constexpr size_t kMaxHead = 16 * 1024;
constexpr size_t kMaxBody = 512 * 1024;  ///< half of the 1Mi volume: the old and the new content fit side by side

struct Request {
  std::string method, path, body;
};

struct Response {
  int status = 200;
  std::string body;
};

/// Reads one request. A Response instead is what to answer to a bad one; its status is 0 when the client went away.
std::variant<Request, Response> ReadRequest(int fd, Deadline deadline);

bool WriteResponse(int fd, const Response& response, bool with_body, Deadline deadline);

/// GET http://ip:port/path. The response's status is 0 and its body the reason when there was no answer.
Response Get(const std::string& ip, uint16_t port, const std::string& path, Deadline deadline);

}  // namespace kubia
