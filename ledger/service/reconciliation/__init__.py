"""Chain, rows and deposits compared fund by fund."""
