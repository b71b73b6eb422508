int config_map;
