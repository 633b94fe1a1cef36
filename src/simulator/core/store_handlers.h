// The five handlers of a store: `list_objects<kJobs>` is a Handler for the routes.
#pragma once

#include "simulator/core/store.h"

namespace simulator {

/// The object of a call: the store's objects, the id, and its place among them.
template <typename T>
struct Located {
  Named<T>& objects;
  std::string id;
  typename Named<T>::iterator found;

  bool exists() const { return found != objects.end(); }
};

/// Looks up the object of the call, which need not exist. `prepare` runs first if there is a `step`.
template <typename T>
std::expected<Located<T>, Answer> locate(const Store<T>& store, Call& call, std::optional<Step> step = {}) {
  const auto objects = store.objects(call);
  if (!objects) return std::unexpected(objects.error());
  if (step && store.prepare != nullptr) {
    if (auto no = store.prepare(call, *step)) return std::unexpected(std::move(*no));
  }
  std::expected<std::string, Answer> id = call.parameters.text(store.key);
  if (store.identify != nullptr) id = store.identify(call);
  if (!id) return std::unexpected(std::move(id.error()));
  return Located<T>{**objects, *id, (*objects)->find(*id)};
}

/// PVE's refusal if the caller sends an old digest.
template <typename T>
std::optional<Answer> stale(const Store<T>& store, const Call& call, const Located<T>& at) {
  return store.digest == nullptr ? std::nullopt : check_digest(call, store.digest(at.objects));
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
    auto row = kStore.row(call, id, object);
    row[kStore.key] = id;
    if (shows_digest) row["digest"] = digest;
    if (kStore.listed != nullptr) kStore.listed(call, id, object, row);
    rows.emplace_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

template <const auto& kStore>
Answer read_object(Call& call) {
  const auto at = locate(kStore, call);
  if (!at) return at.error();
  if (!at->exists()) return refusal(call, kStore.missing);
  const auto& [id, object] = *at->found;
  if (kStore.read != nullptr) return kStore.read(call, id, at->found->second);
  auto row = kStore.row(call, id, object);
  if (kStore.key_in == Shown::Everywhere) row[kStore.key] = id;
  if (kStore.digest != nullptr && kStore.digest_in == Shown::Everywhere) {
    row["digest"] = kStore.digest(at->objects);
  }
  return Answer::of(std::move(row));
}

template <const auto& kStore>
Answer create_object(Call& call) {
  const auto at = locate(kStore, call, Step::Create);
  if (!at) return at.error();
  if (at->exists()) return refusal(call, kStore.exists);
  typename std::remove_reference_t<decltype(at->objects)>::mapped_type object;
  if (auto no = kStore.apply(call, at->id, object, Step::Create)) return prefixed(kStore.create_failed, *no);
  const auto added = at->objects.emplace(at->id, std::move(object)).first;
  return changed(kStore, call, at->id, added->second, Step::Create);
}

template <const auto& kStore>
Answer update_object(Call& call) {
  const auto at = locate(kStore, call, Step::Update);
  if (!at) return at.error();
  if (auto no = stale(kStore, call, *at)) return prefixed(kStore.update_failed, *no);
  if (!at->exists()) return refusal(call, kStore.missing_for_update, kStore.missing);
  auto object = at->found->second;
  if (auto no = kStore.apply(call, at->id, object, Step::Update)) return prefixed(kStore.update_failed, *no);
  at->found->second = std::move(object);
  return changed(kStore, call, at->id, at->found->second, Step::Update);
}

template <const auto& kStore>
Answer delete_object(Call& call) {
  const auto at = locate(kStore, call);
  if (!at) return at.error();
  if (auto no = stale(kStore, call, *at)) return prefixed(kStore.delete_failed, *no);
  if (!at->exists()) {
    return kStore.deletes_missing ? Answer::of() : refusal(call, kStore.missing_for_delete, kStore.missing);
  }
  if (kStore.release != nullptr) {
    if (auto no = kStore.release(call, at->id, at->found->second)) return prefixed(kStore.delete_failed, *no);
  }
  auto gone = std::move(at->objects.extract(at->found).mapped());
  if (kStore.clear != nullptr) kStore.clear(call, at->id, gone);
  return Answer::of();
}

}  // namespace simulator
