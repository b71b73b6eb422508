class Worker {};  // not a WorkerManager
