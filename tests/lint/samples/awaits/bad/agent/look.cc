Task<void> Look(Store& store, std::string name, Pool& pool) {
  const auto found = co_await store.Get(ObjectKey{"Node", "", name});  // expect: name it first
  co_await store.Put({"Node", name});                                  // expect: name it first
  co_await pool.Run([name] { return Read(name); });                    // expect: name it first
}
