#include "landscaper/base/error.hpp"

#include <cerrno>
#include <stdexcept>

namespace landscaper {

std::string error::message() const {
    auto what = code_.message();
    if (context_.empty()) return what;
    return context_ + ": " + what;
}

error error::in(std::string_view where) const {
    if (context_.empty()) return {code_, std::string(where)};
    return {code_, std::string(where) + ": " + context_};
}

void throw_exception_from_error(const error& e, const boost::source_location&) {
    throw std::runtime_error(e.message());
}

error errno_error(std::string context) {
    return {error_code(errno, boost::system::system_category()), std::move(context)};
}

}  // namespace landscaper
