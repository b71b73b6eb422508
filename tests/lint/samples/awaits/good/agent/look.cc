Task<void> Look(Store& store, std::string name, Pool& pool) {
  ObjectKey key{"Node", "", name};
  const auto found = co_await store.Get(std::move(key));
  co_await store.Put(Preconditions{});
  auto read = [name] { return Read(name); };
  co_await pool.Run(std::move(read));
  co_await store.Visit([&key](const auto& each) { return each.Is(key); });
  if (found[0] == 1) co_await Sleep();
}
