"""An invented event and the day it has."""
