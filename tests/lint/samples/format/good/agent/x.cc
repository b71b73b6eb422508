int Fine() { return 1; }
