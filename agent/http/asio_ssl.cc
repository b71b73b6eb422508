// Asio's code for TLS, compiled once (BOOST_ASIO_SEPARATE_COMPILATION, cmake/Rooms.cmake).
#include <boost/asio/ssl/impl/src.hpp>
