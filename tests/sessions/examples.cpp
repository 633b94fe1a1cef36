#include "sessions/examples.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>
#include <stdexcept>

#include "catalog/catalog.h"

namespace sessions {
namespace {

struct Recorded {
  std::vector<Step> steps;
  std::vector<Step>::iterator call;
};

Recorded recorded(const Example& example) {
  Recorded all;
  all.steps = parse(read_file(file_of(example)));
  all.call = std::ranges::find_if(all.steps, [&](const Step& step) {
    return step.kind == Step::Kind::Call && step.text == example.tool->name && !step.is_error;
  });
  if (all.call == all.steps.end()) throw std::runtime_error(file_of(example) + " shows no call that works");
  return all;
}

}  // namespace

std::vector<Step> Example::before() const {
  auto all = recorded(*this);
  return {all.steps.begin(), all.call};
}

base::JsonObject Example::arguments() const {
  return base::parse_json(recorded(*this).call->arguments).value().as_object();
}

std::vector<Example> examples() {
  std::vector<Example> all;
  for (const auto& category : catalog::categories()) {
    for (const auto& tool : category.tools) all.push_back({std::string(category.name), &tool});
  }
  return all;
}

std::vector<Example> asking_examples() {
  auto all = examples();
  std::erase_if(all, [](const Example& example) {
    return example.tool->door == tool::Door::Search || example.tool->door == tool::Door::Describe;
  });
  return all;
}

std::string file_of(const Example& example) {
  return TEST_SOURCE_DIR "/sessions/" + example.category + "/" + std::string(example.tool->name) + ".session";
}

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Without addresses that differ from run to run.
void PrintTo(const Example& example, std::ostream* out) { *out << example.category; }

}  // namespace sessions
