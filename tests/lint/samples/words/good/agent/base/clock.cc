auto Now() { return std::chrono::system_clock::now(); }
