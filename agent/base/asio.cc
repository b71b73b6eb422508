// Asio's own code, compiled once (BOOST_ASIO_SEPARATE_COMPILATION, cmake/Rooms.cmake).
#include <boost/asio/impl/src.hpp>
