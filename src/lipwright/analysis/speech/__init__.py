"""What is said: spectrogram, voice activity, articulation."""
