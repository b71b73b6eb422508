#include "examples/kubia/server/http.h"

#include <strings.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

namespace kubia {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";

const char* ReasonPhrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
  }
  return "Unknown";
}

// Appends to `buffer` until it holds the end of the head; its position, or npos.
size_t ReadHead(int fd, std::string& buffer, Deadline deadline) {
  char chunk[4096];
  while (buffer.size() <= kMaxHead) {
    ssize_t count = ReadSome(fd, chunk, sizeof(chunk), deadline);
    if (count <= 0) return std::string::npos;
    buffer.append(chunk, static_cast<size_t>(count));
    if (size_t end = buffer.find(kEndOfHead); end != std::string::npos) return end;
  }
  return std::string::npos;
}

std::optional<std::string_view> Header(std::string_view head, std::string_view name) {
  for (size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at)) {
    at += 2;
    std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
    line.remove_prefix(name.size() + 1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    return line;
  }
  return std::nullopt;
}

bool ReadBody(int fd, std::string& body, size_t length, Deadline deadline) {
  char chunk[16384];
  while (body.size() < length) {
    ssize_t count = ReadSome(fd, chunk, sizeof(chunk), deadline);
    if (count <= 0) return false;
    body.append(chunk, static_cast<size_t>(count));
  }
  body.resize(length);
  return true;
}

// "GET /path HTTP/1.1", with or without a query.
bool ParseRequestLine(std::string_view line, Request& request) {
  size_t first = line.find(' ');
  size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return false;
  if (line.substr(last + 1).substr(0, 7) != "HTTP/1.") return false;
  request.method = line.substr(0, first);
  std::string_view target = line.substr(first + 1, last - first - 1);
  request.path = target.substr(0, target.find('?'));
  return !request.path.empty() && request.path.front() == '/';
}

}  // namespace

std::variant<Request, Response> ReadRequest(int fd, Deadline deadline) {
  std::string buffer;
  size_t end = ReadHead(fd, buffer, deadline);
  if (end == std::string::npos) {
    return buffer.size() > kMaxHead ? Response{431, "the request's head is larger than 16 KiB\n"} : Response{0, ""};
  }
  std::string_view head(buffer.data(), end);
  Request request;
  if (!ParseRequestLine(head.substr(0, head.find("\r\n")), request)) {
    return Response{400, "not an HTTP/1.1 request\n"};
  }
  auto length_text = Header(head, "Content-Length");
  if (!length_text) {
    if (request.method == "POST") return Response{411, "POST needs a Content-Length\n"};
    return request;
  }
  size_t length = 0;
  auto [rest, error] = std::from_chars(length_text->data(), length_text->data() + length_text->size(), length);
  if (rest != length_text->data() + length_text->size() || error == std::errc::invalid_argument) {
    return Response{400, "Content-Length is not a number\n"};
  }
  if (error != std::errc() || length > kMaxBody) return Response{413, "at most 512 KiB can be stored\n"};
  if (auto expect = Header(head, "Expect"); expect && strncasecmp(expect->data(), "100-continue", 12) == 0) {
    if (!WriteAll(fd, "HTTP/1.1 100 Continue\r\n\r\n", deadline)) return Response{0, ""};
  }
  request.body = buffer.substr(end + kEndOfHead.size());
  if (!ReadBody(fd, request.body, length, deadline)) return Response{0, ""};
  return request;
}

bool WriteResponse(int fd, const Response& response, bool with_body, Deadline deadline) {
  std::string text =
      "HTTP/1.1 " + std::to_string(response.status) + " " + ReasonPhrase(response.status) +
      "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " + std::to_string(response.body.size()) +
      "\r\nConnection: close\r\n\r\n";
  if (with_body) text += response.body;
  return WriteAll(fd, text, deadline);
}

Response Get(const std::string& ip, uint16_t port, const std::string& path, Deadline deadline) {
  Fd fd = Connect(SOCK_STREAM, ip, port, deadline);
  if (!fd.ok()) return {0, std::strerror(errno)};
  std::string request = "GET " + path + " HTTP/1.1\r\nHost: " + ip + "\r\nConnection: close\r\n\r\n";
  if (!WriteAll(fd.get(), request, deadline)) return {0, std::strerror(errno)};
  std::string answer;
  char chunk[16384];
  for (;;) {
    ssize_t count = ReadSome(fd.get(), chunk, sizeof(chunk), deadline);
    if (count < 0) return {0, std::strerror(errno)};
    if (count == 0) break;
    answer.append(chunk, static_cast<size_t>(count));
    if (answer.size() > kMaxHead + kMaxBody) return {0, "the answer is too large"};
  }
  size_t end = answer.find(kEndOfHead);
  int status = 0;
  if (end == std::string::npos || answer.compare(0, 7, "HTTP/1.") != 0 || answer.size() < 12) {
    return {0, "the answer is not HTTP"};
  }
  std::from_chars(answer.data() + 9, answer.data() + 12, status);
  return {status, answer.substr(end + kEndOfHead.size())};
}

}  // namespace kubia
