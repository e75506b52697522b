"""What must hold for every input: the promises, each with a fault that breaks it."""
