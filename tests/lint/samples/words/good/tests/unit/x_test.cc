void Test() { throw 1; }
