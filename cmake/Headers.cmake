# The headers of other people that most files of the agent read, precompiled once for each way of compiling: a second and
# a half of every group of files. Only what is the same for all rooms; our own headers change too often.
set(ORDINAL_HEADERS
  <algorithm> <array> <charconv> <chrono> <cstdint> <deque> <filesystem> <functional> <map> <memory> <mutex> <optional>
  <set> <span> <sstream> <string> <string_view> <tuple> <unordered_map> <utility> <variant> <vector>
  <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp>
  <boost/asio/post.hpp> <boost/asio/steady_timer.hpp> <boost/asio/this_coro.hpp> <boost/asio/use_awaitable.hpp>
  <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp>)

# ordinal_headers(<name> [OPTIONS <compiler options>] [ALSO <headers>] [LIBS <libraries>])
function(ordinal_headers name)
  cmake_parse_arguments(HEADERS "" "" "OPTIONS;ALSO;LIBS" ${ARGN})
  set(empty ${PROJECT_BINARY_DIR}/headers/${name}.cc)
  file(GENERATE OUTPUT ${empty} CONTENT "")
  add_library(ordinal_headers_${name} OBJECT ${empty})
  ordinal_compile_options(ordinal_headers_${name})
  target_compile_options(ordinal_headers_${name} PRIVATE ${HEADERS_OPTIONS})
  target_link_libraries(ordinal_headers_${name} PRIVATE Boost::headers fmt::fmt spdlog::spdlog Threads::Threads
    nlohmann_json::nlohmann_json ${HEADERS_LIBS})
  target_precompile_headers(ordinal_headers_${name} PRIVATE ${ORDINAL_HEADERS} ${HEADERS_ALSO})
endfunction()

ordinal_headers(hot)
ordinal_headers(cold OPTIONS ${ORDINAL_COLD})
