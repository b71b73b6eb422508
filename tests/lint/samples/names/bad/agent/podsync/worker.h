class WorkerManager {};  // expect: WorkerManager
struct PathUtils {};     // expect: PathUtils
