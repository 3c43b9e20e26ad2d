"""What the hub publishes: types, the Person join, directives and the reviewed SDL snapshot."""
