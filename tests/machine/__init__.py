"""What the state machine is made of: a quick chain, a stage, its checks, and verbs beyond books."""
