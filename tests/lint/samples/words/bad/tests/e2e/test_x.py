time.sleep(1)  # expect: wait_for
