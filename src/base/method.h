// The four HTTP methods of the PVE API; pveproxy answers 501 to every other one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace base {

enum class Method : std::uint8_t { Get, Post, Put, Delete };

constexpr std::string_view name(Method method) {
  switch (method) {
    case Method::Get:
      return "GET";
    case Method::Post:
      return "POST";
    case Method::Put:
      return "PUT";
    case Method::Delete:
      return "DELETE";
  }
  return "";
}

constexpr std::optional<Method> method_named(std::string_view text) {
  for (const auto method : {Method::Get, Method::Post, Method::Put, Method::Delete}) {
    if (name(method) == text) return method;
  }
  return std::nullopt;
}

}  // namespace base
