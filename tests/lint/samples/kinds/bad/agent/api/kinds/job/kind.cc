int job;
