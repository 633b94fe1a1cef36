// The five handlers of a store: `list_objects<kJobs>` is a Handler for the routes.
#pragma once

#include "simulator/core/store.h"

namespace simulator {

template <typename T>
std::expected<std::string, Answer> identify(const Store<T>& store, Call& call) {
  if (store.identify != nullptr) return store.identify(call);
  return call.parameters.text(store.key);
}

template <typename T>
base::JsonObject row_of(const Store<T>& store, const Call& call, const std::string& id, const T& object) {
  if constexpr (std::is_same_v<T, Config>) {
    if (store.row == nullptr) return section_json(object, store.numbers);
  }
  return store.row(call, id, object);
}

template <typename T>
std::optional<Answer> apply(const Store<T>& store, Call& call, const std::string& id, T& object, Step step) {
  if constexpr (std::is_same_v<T, Config>) {
    if (store.apply == nullptr) {
      return apply_options(call, store.key, store.options, store.secrets, object, step);
    }
  }
  return store.apply(call, id, object, step);
}

template <typename T>
std::optional<Answer> modified(const Store<T>& store, const Call& call, const Named<T>& objects) {
  return store.digest == nullptr ? std::nullopt : check_digest(call, store.digest(objects));
}

template <typename T>
Answer changed(const Store<T>& store, Call& call, const std::string& id, T& object, Step step) {
  auto result = store.result == nullptr ? base::Json() : store.result(call, id, object, step);
  if (store.settle != nullptr) store.settle(call, id);
  return Answer::of(std::move(result));
}

template <const auto& kStore>
Answer list_objects(Call& call) {
  const auto objects = kStore.objects(call);
  if (!objects) return objects.error();
  const bool shows_digest = kStore.digest != nullptr && kStore.digest_in != Shown::Nowhere;
  const auto digest = shows_digest ? kStore.digest(**objects) : std::string();
  base::JsonArray rows;
  for (const auto& [id, object] : **objects) {
    if (kStore.sees != nullptr && !kStore.sees(call, id, object)) continue;
    auto row = row_of(kStore, call, id, object);
    row[kStore.key] = id;
    if (shows_digest) row["digest"] = digest;
    if (kStore.listed != nullptr) kStore.listed(call, id, object, row);
    rows.emplace_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

template <const auto& kStore>
Answer read_object(Call& call) {
  const auto objects = kStore.objects(call);
  if (!objects) return objects.error();
  const auto id = identify(kStore, call);
  if (!id) return id.error();
  const auto found = (*objects)->find(*id);
  if (found == (*objects)->end()) return refusal(call, kStore.missing);
  if (kStore.read != nullptr) return kStore.read(call, found->first, found->second);
  auto row = row_of(kStore, call, found->first, found->second);
  if (kStore.key_in == Shown::Everywhere) row[kStore.key] = found->first;
  if (kStore.digest != nullptr && kStore.digest_in == Shown::Everywhere) {
    row["digest"] = kStore.digest(**objects);
  }
  return Answer::of(std::move(row));
}

template <const auto& kStore>
Answer create_object(Call& call) {
  const auto objects = kStore.objects(call);
  if (!objects) return objects.error();
  if (kStore.prepare != nullptr) {
    if (auto no = kStore.prepare(call, Step::Create)) return std::move(*no);
  }
  const auto id = identify(kStore, call);
  if (!id) return id.error();
  if ((*objects)->contains(*id)) return refusal(call, kStore.exists);
  typename std::remove_reference_t<decltype(**objects)>::mapped_type object;
  if (auto no = apply(kStore, call, *id, object, Step::Create)) {
    return prefixed(kStore.create_failed, std::move(*no));
  }
  const auto added = (*objects)->emplace(*id, std::move(object)).first;
  return changed(kStore, call, *id, added->second, Step::Create);
}

template <const auto& kStore>
Answer update_object(Call& call) {
  const auto objects = kStore.objects(call);
  if (!objects) return objects.error();
  if (kStore.prepare != nullptr) {
    if (auto no = kStore.prepare(call, Step::Update)) return std::move(*no);
  }
  const auto id = identify(kStore, call);
  if (!id) return id.error();
  if (auto no = modified(kStore, call, **objects)) return prefixed(kStore.update_failed, std::move(*no));
  const auto found = (*objects)->find(*id);
  if (found == (*objects)->end()) {
    return refusal(call, kStore.missing_for_update.text.empty() ? kStore.missing : kStore.missing_for_update);
  }
  auto object = found->second;
  if (auto no = apply(kStore, call, *id, object, Step::Update)) {
    return prefixed(kStore.update_failed, std::move(*no));
  }
  found->second = std::move(object);
  return changed(kStore, call, *id, found->second, Step::Update);
}

template <const auto& kStore>
Answer delete_object(Call& call) {
  const auto objects = kStore.objects(call);
  if (!objects) return objects.error();
  const auto id = identify(kStore, call);
  if (!id) return id.error();
  if (auto no = modified(kStore, call, **objects)) return prefixed(kStore.delete_failed, std::move(*no));
  const auto found = (*objects)->find(*id);
  if (found == (*objects)->end()) {
    if (kStore.deletes_missing) return Answer::of();
    return refusal(call, kStore.missing_for_delete.text.empty() ? kStore.missing : kStore.missing_for_delete);
  }
  if (kStore.release != nullptr) {
    if (auto no = kStore.release(call, *id, found->second)) {
      return prefixed(kStore.delete_failed, std::move(*no));
    }
  }
  auto gone = std::move((*objects)->extract(found).mapped());
  if (kStore.clear != nullptr) kStore.clear(call, *id, gone);
  return Answer::of();
}

}  // namespace simulator
