TEST(JobPlan, Ends) {}
TEST_F(Jobs, Run) {}
TEST_P(JobRules, AreChecked) {}
