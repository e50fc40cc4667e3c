// Visits a std::variant with one lambda per alternative.
#pragma once

namespace landscaper {

template <class... Functions>
struct overloaded : Functions... {
    using Functions::operator()...;
};

template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

}  // namespace landscaper
