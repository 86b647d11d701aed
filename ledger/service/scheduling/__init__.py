"""What time brings: lapses, reminders, settlement runs, payment proposals."""
