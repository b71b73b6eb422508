class Jobs:
    def test_to_the_end(self):
        pass

    def helper(self):
        pass
