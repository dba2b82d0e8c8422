def explain(instance, meter): return ()
