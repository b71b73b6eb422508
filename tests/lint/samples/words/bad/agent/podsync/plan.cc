// TODO finish  expect: 'TODO'
void A() { throw 1; }  // expect: throws
void B() { std::this_thread::sleep_for(x); }  // expect: sleeps
auto c = std::chrono::steady_clock::now();  // expect: takes the time
std::random_device d;  // expect: takes chance
