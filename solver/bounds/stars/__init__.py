"""The star bound: every attendee chooses its partners alone, and the prices between them agree.

``layout`` states the relaxation, ``kernel`` solves one attendee's part of it, ``relaxed`` finds
first prices, ``pool`` and ``bundle`` better ones, ``bound`` joins them and proves the result.
"""
