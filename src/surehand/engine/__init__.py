"""Who runs the work. A dispatcher wakes workers; it never sees ids, retries or results."""
