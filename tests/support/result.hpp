// doctest with results: CHECK(f()) prints the error's message, whatever the value's type.
#pragma once

#include <doctest/doctest.h>

#include "landscaper/base/error.hpp"

namespace doctest {

template <class T>
struct StringMaker<boost::system::result<T, landscaper::error>> {
    static String convert(const boost::system::result<T, landscaper::error>& r) {
        return r ? "a value" : ("error: " + r.error().message()).c_str();
    }
};

}  // namespace doctest
