// Asio itself, compiled once (BOOST_ASIO_SEPARATE_COMPILATION): halves the cost of every other Asio file.
#include <boost/asio/impl/src.hpp>
